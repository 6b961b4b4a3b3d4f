"""From grams to people, only through a named use scenario, and never without saying so.

Refuses a number of users without a scenario, and heroin from morphine without a model of origin.
"""

from wbe.people.catalogue import UseScenario, band, build, chosen, combined, default_scenarios, scenario, scenarios
from wbe.people.estimates import UserRange, flags, over, over_window, prevalence, refusal, user_range, users
from wbe.people.frequency import UseClass, active_in, active_share, daily_share, shapes
from wbe.people.own_factor import biomarker_per_user, brings_factor, users_of_load
from wbe.people.words import RESTS_ON, note, rests_on_scenario, statement

__all__ = [
    "RESTS_ON",
    "UseClass",
    "UseScenario",
    "UserRange",
    "active_in",
    "active_share",
    "band",
    "biomarker_per_user",
    "brings_factor",
    "build",
    "chosen",
    "combined",
    "daily_share",
    "default_scenarios",
    "flags",
    "note",
    "over",
    "over_window",
    "prevalence",
    "refusal",
    "rests_on_scenario",
    "scenario",
    "scenarios",
    "shapes",
    "statement",
    "user_range",
    "users",
    "users_of_load",
]
