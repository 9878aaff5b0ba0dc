package authz

import data.authz.step

decision := {
	"decision": false,
	"context": {"reason_code": denial},
	"record": {"reason_code": denial, "determining": []},
} if {
	denial
} else := {
	"decision": true,
	"context": {"reason_code": "OK"},
	"record": {"reason_code": "OK", "determining": [step.cell.id]},
}

denial := "NO_ROLE" if {
	step.no_role
} else := "NO_CELL" if {
	step.no_cell
} else := "TOO_YOUNG" if {
	step.too_young
}


