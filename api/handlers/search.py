"""Read and search of CodeSystem, ValueSet, ConceptMap and NamingSystem, and pages of resources."""

from __future__ import annotations

from dataclasses import replace

from api.call import Call
from api.exchange import Reply
from api.params import parse_query
from api.resources import find_volume, full_resource, shelf_for
from api.search import search_bundle
from api.subset import subset_of, summary_mode
from api.ui.pages import resource_page


def read(call: Call) -> Reply:
    """Answer a read: the resource, or its page where text/html is asked for."""
    volume = find_volume(call, call.resource_type or "", call.resource_id or "")
    resource = full_resource(call.terminology, volume, call.release)
    options = call.query_map()
    if call.html:
        return Reply(html=resource_page(resource, call.request.root))
    elements = options.get("_elements")
    return Reply(json=subset_of(resource, summary_mode(options), elements))


def search(call: Call) -> Reply:
    """Answer a search with a Bundle of type searchset."""
    query = call.query
    if call.request.method == "POST" and call.request.body:
        query = [*query, *parse_query(call.request.body)]
    shelf = shelf_for(call, call.resource_type or "")
    return Reply(json=search_bundle(call, shelf, call.resource_type or "", query))


def with_instance(call: Call) -> Call:
    """Return the call with the resource that its path names (operations at instance level)."""
    volume = find_volume(call, call.resource_type or "", call.resource_id or "")
    if volume.type == "CodeSystem":
        return replace(call, instance=volume.head)
    found = call.terminology.find_document(volume.type, volume.url, volume.version)
    return replace(call, instance=found or volume.head)
