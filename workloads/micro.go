package workloads

// micro returns the workloads of group [Micro]: one feature of promises each.
func micro() []Workload {
	uses := func(feature string, v Variant) Variant {
		v.Uses = []string{feature}
		return v
	}
	one := func(name, about, row, dir string, variants ...Variant) Workload {
		return Workload{Name: name, About: about, Group: Micro, Rows: []string{row}, dir: dir, Variants: variants}
	}
	const hasTry = `typeof Promise.try === "function"`
	const hasFinally = `typeof Promise.prototype.finally === "function"`
	return []Workload{
		// A value is wrapped once under both rules, and a promise not at all or twice.
		one("await-value", "ten awaits of plain numbers", "S11", "await", awaits{"value", 10}.variant("", "", 10+1, 10+1)),
		one("await-promise", "ten awaits of settled native promises", "S11", "await", awaits{"promise", 10}.variant("", "", 10+1, 3*10+1)),
		// A job calls then, a second one resumes the function. A Sleep's timer
		// lies between the two.
		one("await-thenable", "ten awaits of foreign thenables", "S11", "await",
			awaits{"thenable", 10}.variant("", "they call back at once", (1+1)*10+1, (1+1)*10+1),
			awaits{"sleep", 10}.variant("sleep", "they wait first", (1+1)*10+1, (1+1)*10+1)),
		one("promise-try", "three links of Promise.try", "S21", "settling",
			settling{"try"}.variant("", "its function returns", 0, hasTry), // settled at once
			settling{"try-throws"}.variant("throws", "its function throws", 0+1, hasTry),
			// Adopted like any promise that one is resolved with.
			uses("promise-try", settling{"try-promise"}.variant("promise", "its function returns a promise", 0, hasTry))),
		// It hears of the settled promise, 1, and chains a link to a promise for
		// what the function has returned, which its own promise adopts, 2.
		one("finally", "three links of finally", "S21", "settling",
			uses("finally", settling{"finally"}.variant("", "behind a promise that is fulfilled", 1+2, hasFinally)),
			uses("finally", settling{"finally-rejected"}.variant("rejected", "behind one that is rejected", 1+2+1, hasFinally))),
		one("thenable-assimilation", "three links that resolve a foreign thenable", "S21", "settling",
			settling{"thenable"}.variant("", "", 1, "")), // a job calls then
		one("promise-resolve-promise", "three links that resolve a promise with a native one", "S21", "settling",
			settling{"promise"}.variant("", "", 2, "")), // a job calls then, whose reaction follows
	}
}

// awaits holds the parameters of js/await and computes what it yields.
type awaits struct {
	Kind   string `json:"kind"`
	Awaits int    `json:"awaits"`
}

func (a awaits) variant(name, about string, optimized, legacy int) Variant {
	return Variant{Name: name, About: about, Params: a, Ticks: awaiting(optimized, legacy), Result: func(i int) int32 {
		sum := int32(i)
		for k := range a.Awaits {
			sum = fold(sum, int32(k))
		}
		return sum
	}}
}

// settling holds the parameters of js/settling and computes what it yields.
type settling struct {
	Kind string `json:"kind"`
}

// variant takes the ticks that a link's promise needs to settle.
func (s settling) variant(name, about string, ticks int, requires string) Variant {
	// The second link and the third are made in a reaction, 1, whose own
	// promise adopts theirs: a job calls then, 1, and when the link has
	// settled, which may be in that same tick, a reaction follows, 1. The last
	// tick counts.
	total := ticks + 2*(1+max(1, ticks)+1) + 1
	return Variant{
		Name: name, About: about, Params: s, Requires: requires,
		Ticks: map[TickCase]int{{Style: "promise", Await: "optimized"}: total},
		Result: func(i int) int32 {
			value := int32(i)
			for range 3 {
				value = mix(int64(value), 7)
			}
			return value
		},
	}
}
