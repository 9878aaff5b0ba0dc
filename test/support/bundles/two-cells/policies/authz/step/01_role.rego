package authz.step

no_role if not input.subject.properties.role
