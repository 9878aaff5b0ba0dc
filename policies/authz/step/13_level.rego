# Step 13: the highest level
# The lowest of purpose, role, cell and agreement.
package authz.step

import data.authz.level

# METADATA
# title: "Niveau te hoog"
# description: "More was asked than purpose, role, cell or agreement allows."
# custom:
#   rule_id: R13.LEVEL_ABOVE_CAP
#   reason_code: LEVEL_ABOVE_CAP
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
level_above_cap(part, asked) := denial(rego.metadata.rule()) if {
	not level.reached_by(part, asked)
}
