"""All actions of a hub, gathered from the subjects they are wired in."""

from __future__ import annotations

from hub.actions.deliveries.channel_profile import Profiles
from hub.actions.deliveries.decide_delivery import DecideDelivery
from hub.actions.deliveries.read_unmatched import ReadUnmatched
from hub.actions.deliveries.redrive import Redrive
from hub.actions.rules.rule_books import RuleBooks
from hub.hub import Actions, DeliveryDesk
from hub.wiring.calls import CallActions
from hub.wiring.cases import CaseActions
from hub.wiring.desk import Desk
from hub.wiring.dialogue import Dialogue
from hub.wiring.foundation import Foundation
from hub.wiring.intake import IntakeActions
from hub.wiring.knowledge import KnowledgeActions, rate_entry_of
from hub.wiring.mail import refuse_mail_of
from hub.wiring.people import people_of
from hub.wiring.publicity.campaigns import campaign_actions
from hub.wiring.publicity.gathered import publicity_of
from hub.wiring.rules import RuleActions
from hub.wiring.staff import change_accounts_of, change_units_of, compartment_desk_of


def actions_of(
    base: Foundation,
    dialogue: Dialogue,
    editing: KnowledgeActions,
    rules: RuleActions,
    cases: CaseActions,
    desk: Desk,
    calls: CallActions,
    intake: IntakeActions,
    profiles: Profiles,
) -> Actions:
    """One of each."""
    campaigns = campaign_actions(base, rules.rules)
    return Actions(
        accept_event=intake.accept_event,
        assign_case=cases.assign_case,
        change_accounts=change_accounts_of(base),
        change_units=change_units_of(base),
        compartment=compartment_desk_of(base, cases.read_cases),
        campaigns=campaigns.desk,
        citizen_move=cases.citizen_move,
        close_case=cases.close_case,
        confirm_report=cases.confirm_report,
        deliver_electronically=cases.deliver_electronically,
        delivery_desk=_delivery_desk(base),
        desk=desk.actions,
        dismiss_alarm=cases.dismiss_alarm,
        edit_entry=editing.edit_entry,
        edit_words=editing.edit_words,
        file_petition=cases.file_petition,
        handle_call=calls.handle_call,
        import_entries=editing.import_entries,
        import_words=editing.import_words,
        look_again=intake.look_again,
        move_case=cases.move_case,
        note_case=cases.note_case,
        note_reading=cases.note_reading,
        people=people_of(base, profiles, dialogue, cases),
        publicity=publicity_of(base, rules, campaigns),
        publish_entry=editing.publish_entry,
        refuse_mail=refuse_mail_of(base),
        rate_entry=rate_entry_of(base, editing.read_help, dialogue.triage),
        read_cases=cases.read_cases,
        read_entries=editing.read_entries,
        read_procedure=cases.read_procedure,
        read_queue=cases.read_queue,
        read_help=editing.read_help,
        read_quality=editing.read_quality,
        read_warnings=cases.read_warnings,
        read_words=editing.read_words,
        release_case=cases.release_case,
        replies=cases.replies,
        rule_books=RuleBooks(rules.read_rules, rules.revise_rules),
        show_case=cases.show_case,
        split_case=cases.split_case,
        sort_questions=editing.sort_questions,
        suspect_case=cases.suspect_case,
        take_in=intake.take_in,
        track_case=cases.track_case,
    )


def _delivery_desk(base: Foundation) -> DeliveryDesk:
    return DeliveryDesk(
        decide=DecideDelivery(base.documents, base.stores, base.clock),
        redrive=Redrive(base.documents, base.stores, base.clock),
        read_unmatched=ReadUnmatched(base.stores.deliveries.parts, base.clock),
    )
