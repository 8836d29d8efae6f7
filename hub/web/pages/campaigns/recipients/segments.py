"""Saved segments: the list, one with what it reaches, and the form that looks while it is filled in."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from campaigns.segment import Segment, describe
from hub.model.recipients.saved_segment import SavedSegment
from hub.runtime.errors import Invalid, Stale
from hub.web.form import FormErrors, parse
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB, LANGUAGE
from hub.web.pages.campaigns.recipients.contacts import shared_words
from hub.web.pages.campaigns.recipients.forms import SegmentForm, several
from hub.web.pages.campaigns.recipients.words import BASE
from hub.web.render import translator
from hub.web.staff_page import done, part, staff_page

PATH = f"{BASE}/segments"
_STALE = msgid("这个人群刚刚被别人修改。您填写的内容已保留，请核对后再保存。")


async def segments_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/contacts/segments"""
    hub = request.app[HUB]
    listed = await hub.actions.publicity.recipients.segments.listed()
    owners = await hub.repositories.agents.get_many(sorted({one.owner_id for one, _ in listed}))
    return staff_page(
        request,
        "staff/segments.html",
        200,
        rows=[(one, count, words_of(request, one.filter)) for one, count in listed],
        owners={id: owner.name for id, owner in owners.items()},
        **shared_words(hub),
    )


async def new_segment(request: web.Request) -> web.StreamResponse:
    """GET /staff/contacts/segments/new"""
    return await _editor(request, SegmentForm())


async def create_segment(request: web.Request) -> web.StreamResponse:
    """POST /staff/contacts/segments/new"""
    return await _save(request, "")


async def segment_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/contacts/segments/{segment_id}"""
    hub = request.app[HUB]
    view = await hub.actions.publicity.recipients.segments.view(request.match_info["segment_id"])
    owners = await hub.repositories.agents.get_many([view.segment.owner_id])
    return staff_page(
        request,
        "staff/segment.html",
        200,
        view=view,
        look=view.look,
        segment=view.segment,
        said=words_of(request, view.segment.filter),
        owner=owners[view.segment.owner_id].name if view.segment.owner_id in owners else "",
        **shared_words(hub),
    )


async def edit_segment_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/contacts/segments/{segment_id}/edit"""
    found = await request.app[HUB].actions.publicity.recipients.segments.read(
        request.match_info["segment_id"]
    )
    segment, chosen = found.value, found.value.filter
    form = SegmentForm(
        name=segment.name,
        note=segment.note,
        version=found.version,
        groups=chosen.groups,
        regions=chosen.regions,
        tags=chosen.tags,
        sources=chosen.sources,
        language=chosen.language,
        consent=chosen.consent,
    )
    return await _editor(request, form, segment=segment)


async def edit_segment(request: web.Request) -> web.StreamResponse:
    """POST /staff/contacts/segments/{segment_id}/edit"""
    return await _save(request, request.match_info["segment_id"])


async def retire(request: web.Request) -> web.StreamResponse:
    """POST /staff/contacts/segments/{segment_id}/retire: no longer offered, or offered again."""
    segment_id = request.match_info["segment_id"]
    retired = (await request.post()).get("retired") == "yes"
    await request.app[HUB].actions.publicity.recipients.segments.retire(segment_id, retired=retired)
    return done(f"{PATH}/{segment_id}", "segment_retired" if retired else "segment_offered")


async def count(request: web.Request) -> web.StreamResponse:
    """POST /staff/contacts/segments/{segment_id}/count: everybody looked at, in the background."""
    segment_id = request.match_info["segment_id"]
    await request.app[HUB].actions.publicity.recipients.segments.ask_count(segment_id)
    return done(f"{PATH}/{segment_id}", "segment_counting")


async def look(request: web.Request) -> web.StreamResponse:
    """POST /staff/contacts/segments/look: what a filter reaches, while it is chosen."""
    hub = request.app[HUB]
    fields = await several(request, "groups", "regions", "tags", "sources")
    saved_id = str(fields.get("segment_id", ""))
    if saved_id:
        saved = (await hub.actions.publicity.recipients.segments.read(saved_id)).value
        chosen, counted = saved.filter, saved.count
    else:
        chosen, counted = _typed(fields).filter(), None
    found = None
    if chosen.groups:
        found = await hub.actions.publicity.recipients.segments.look(chosen, counted=counted)
    return part(request, "staff/segment_look.html", 200, look=found, segment=None, **shared_words(hub))


async def _save(request: web.Request, segment_id: str) -> web.StreamResponse:
    hub, _ = request.app[HUB], translator(request)
    desk = hub.actions.publicity.recipients.segments
    segment = (await desk.read(segment_id)).value if segment_id else None
    fields = await several(request, "groups", "regions", "tags", "sources")
    form = parse(SegmentForm, fields, _)
    if isinstance(form, FormErrors):
        return await _editor(request, _typed(fields), segment=segment, errors=form.fields)
    try:
        saved = await desk.save(
            agent_of(request).id,
            form.name,
            form.note,
            form.filter(),
            segment_id=segment_id,
            version=form.version,
        )
    except Invalid as refused:
        return await _editor(
            request, form, segment=segment, errors={name: _(text) for name, text in refused.problems.items()}
        )
    except Stale:
        return await _editor(request, form, segment=segment, errors={"form": _(_STALE)})
    return done(f"{PATH}/{saved.id}", "saved")


def _typed(fields: Mapping[str, object]) -> SegmentForm:
    """What was typed, as far as it can be shown again."""
    lists = {name: fields[name] for name in ("groups", "regions", "tags", "sources")}
    texts = {name: str(fields.get(name, ""))[:400] for name in ("name", "note", "language", "consent")}
    return SegmentForm.model_construct(None, **lists, **texts)


async def _editor(
    request: web.Request,
    form: SegmentForm,
    *,
    segment: SavedSegment | None = None,
    errors: Mapping[str, str] | None = None,
) -> web.StreamResponse:
    hub = request.app[HUB]
    memberships = hub.repositories.memberships
    filter = Segment(form.groups)
    return staff_page(
        request,
        "staff/segment_editor.html",
        422 if errors else 200,
        form=form,
        segment=segment,
        errors=errors or {},
        groups=await memberships.groups(),
        tags=await memberships.words("tags"),
        sources=await memberships.words("sources"),
        look=await hub.actions.publicity.recipients.segments.look(form.filter()) if filter.groups else None,
        **shared_words(hub),
    )


def words_of(request: web.Request, filter: Segment) -> str:
    """A filter in one line."""
    names = {region.code: region.name for region in request.app[HUB].settings.regions}
    return describe(filter, request[LANGUAGE], region_names=names)
