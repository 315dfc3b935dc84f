"""What a policy's definition of customer harassment is made of, and what it judges by: ids."""

DEFINITION_ELEMENTS = (
    "def.actor",
    "def.protected",
    "def.trigger",
    "def.demand_validity",
    "def.means",
    "def.work_env",
    "def.basis",
    "def.nonexhaustive",
    "def.form",
    "def.decision",
    "def.severity_tier",
)
REQUIRED_ELEMENTS = (
    "def.actor",
    "def.protected",
    "def.means",
    "def.work_env",
    "def.nonexhaustive",
    "def.decision",
)

FACTS_FIRST = "crit.facts_first"
"""The criterion that makes checking the facts, own fault included, a duty of its own."""

CRITERIA = (
    FACTS_FIRST,
    "crit.means_scope",
    "crit.per_se",
    "crit.relative",
    "crit.no_reason",
)
