# Step 3: how old the facts are
# Freshness belongs to a feed, not to a row, so it tells nothing about a person (R135).
package authz.step

import data.authz.facts
import data.authz.question

# METADATA
# title: "Gegevens te oud"
# description: "A feed that this purpose needs is older than it may be."
# custom:
#   rule_id: R03.STALE_ATTRIBUTES
#   reason_code: STALE_ATTRIBUTES
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
stale := denial(rego.metadata.rule()) if {
	some kind in question.purpose.needs_facts
	not fresh(kind)
}

fresh(kind) if facts.facts.feeds[kind].stale == false
