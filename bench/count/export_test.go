package count

// What tests reach for.
var (
	FindValgrind = findValgrind
	Processor    = processor
	MainOf       = mainOf
	Execute      = execute
	Probe        = probe
	ReadCount    = readCount
	Sampled      = (*Counter).difference
)
