"""Resources by id, whole: what read and instance-level operations give."""

from __future__ import annotations

from api.call import Call
from api.shelf import Shelf, Volume, shelf_of
from api.wire.codesystem import code_system_json
from termserver.errors import UnknownResource
from termserver.model import Json
from termserver.terminology import Terminology


def shelf_for(call: Call, type_: str) -> Shelf:
    """Return the shelf of the loaded content; made once for each state of the catalogue."""
    service = call.service
    key = (type_, call.release, call.loaded.generation)
    found = service.shelves.get(key)
    if found is None:
        found = shelf_of(call.loaded.terminologies[call.release], type_)
        service.shelves.keep(key, found)
    return found


def find_volume(call: Call, type_: str, id_: str) -> Volume:
    """Return the volume of an id. Raises: UnknownResource."""
    volume = shelf_for(call, type_).by_id.get(id_)
    if volume is None:
        raise UnknownResource(f"There is no {type_} with id '{id_}'; search by url: {type_}?url=…")
    return volume


def full_resource(terminology: Terminology, volume: Volume, release: str) -> Json:
    """Return the resource of a volume with its content and its id here."""
    if volume.type == "CodeSystem":
        provider = terminology.find_system(volume.url, volume.version)
        usable = provider is not None and provider.system.version == volume.version
        if provider is not None and usable and volume.head.get("content") != "supplement":
            return code_system_json(volume.head, provider, release)
        return volume.head
    found = terminology.find_document(volume.type, volume.url, volume.version) or volume.head
    return dict(found) | {"id": volume.id}
