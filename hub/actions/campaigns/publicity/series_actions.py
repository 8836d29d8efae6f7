"""What is done with series, gathered for those who hold it."""

from __future__ import annotations

from dataclasses import dataclass

from hub.actions.campaigns.publicity.edit_series import EditSeries
from hub.actions.campaigns.publicity.plan_series import PlanSeries
from hub.actions.campaigns.publicity.run_series import RunSeries


@dataclass(frozen=True, slots=True)
class SeriesActions:
    """plan, edit: for officers. run: for a job."""

    plan: PlanSeries
    edit: EditSeries
    run: RunSeries
