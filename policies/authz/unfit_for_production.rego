package authz

# Why production must not decide by these policies: an entrypoint that the engine asks before a bundle comes into force there
# (domain.md §7.29). `results` is empty where nothing stands in the way.
unfit_for_production := {"results": [{"reason": reason} | some reason in unfit_reasons]}

unfit_reasons contains "the profile in force rests on a DPIA and an advice of the FG that are examples; put your own references in profiles/data.yaml" if {
	data.profiles[data.settings.profile].example
}

unfit_reasons contains "settings.profile names no profile" if {
	not data.profiles[data.settings.profile]
}
