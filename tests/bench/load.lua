-- Requests of a file, one a line: method TAB path TAB body. One thread, in order, over and over.
local requests, at = {}, 0
function init(args)
  for line in io.lines(os.getenv("BENCH_POOL")) do
    local method, path, body = line:match("^([^\t]*)\t([^\t]*)\t(.*)$")
    local headers = { ["Accept"] = "application/fhir+json" }
    if body ~= "" then headers["Content-Type"] = "application/fhir+json" else body = nil end
    requests[#requests + 1] = wrk.format(method, path, headers, body)
  end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    "\nBENCH {\"requests\":%d,\"us\":%d,\"p50\":%d,\"p99\":%d,\"status\":%d,\"socket\":%d}\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
