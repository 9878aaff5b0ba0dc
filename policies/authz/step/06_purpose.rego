# Step 6: the purpose binds now
# Adopted, in its period, under a law that is in force, in the right phase of the casus.
package authz.step

import data.authz.question

# METADATA
# title: "Doel niet vastgesteld"
# description: "Only a purpose that the municipality adopted opens anything (R19)."
# custom:
#   rule_id: R06.PURPOSE_NOT_ADOPTED
#   reason_code: PURPOSE_NOT_ADOPTED
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
not_adopted := denial(rego.metadata.rule()) if {
	not adopted
}

# METADATA
# title: "Doel verlopen"
# description: "An experiment ends on its date (R24)."
# custom:
#   rule_id: R06.PURPOSE_EXPIRED
#   reason_code: PURPOSE_EXPIRED
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
expired := denial(rego.metadata.rule()) if {
	not unexpired
}

# METADATA
# title: "Wet geldt nog niet"
# description: "The Wams is a bill (R96)."
# custom:
#   rule_id: R06.LAW_NOT_IN_FORCE
#   reason_code: LAW_NOT_IN_FORCE
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
law_not_in_force := denial(rego.metadata.rule()) if {
	question.purpose.wams
	not wams_in_force
}

# METADATA
# title: "Past niet bij deze casus of fase"
# description: "The casus is not meervoudig (R28), without a finding (R114), in another phase (R99), or below the stage (R80)."
# custom:
#   rule_id: R06.PHASE_MISMATCH
#   reason_code: PHASE_MISMATCH
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
phase_mismatch := denial(rego.metadata.rule()) if {
	not phase_fits
}

adopted if {
	question.purpose.status == "vastgesteld"
	question.starts(object.get(question.purpose, "valid_from", null), question.date)
}

phase_fits if {
	meervoudig_where_needed
	finding_where_needed
	wams_phase_where_needed
	stage_reached
}

meervoudig_where_needed if {
	not question.purpose.needs_meervoudig
} else if {
	question.casus.type == "meervoudig"
}

finding_where_needed if {
	not question.purpose.needs_finding
} else if {
	at := question.text(question.casus.meervoudig_vastgesteld_at)
	at <= question.time
}

wams_phase_where_needed if not question.purpose.wams_phase

# The purpose names the phase by itself; a request that names another contradicts it (R99).
wams_phase_where_needed if object.get(question.context, "wams_phase", question.purpose.wams_phase) == question.purpose.wams_phase

stage_reached if {
	not question.purpose.min_stage
} else if {
	some least, stage in data.settings.stages
	stage == question.purpose.min_stage
	some reached, name in data.settings.stages
	name == question.casus.stage
	reached >= least
}

# Negation stands before a rule, never before an expression: an undefined part of an expression would undo the denial.
unexpired if question.ends(object.get(question.purpose, "valid_until", null), question.date)

wams_in_force if data.settings.wams_in_force == true
