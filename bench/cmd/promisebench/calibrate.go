package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"promisebench/bench/cmd/promisebench/app"
	"promisebench/bench/gate"
	"promisebench/report/compare"
	verdict "promisebench/report/gate"
)

// calibrate runs the gate again and again with what should be alike, or with a
// known slowdown, and prints how often it found what.
func (c *gateRunCmd) calibrate(a *app.App, plan gate.Plan, config verdict.Config) error {
	calibration := gate.Calibration{Alarm: verdict.Regressed.String(), Injected: plan.Injected, Head: "the same on both sides"}
	if c.Neutral {
		calibration.Head = "code added to head that never runs"
	}
	for _, v := range verdict.Verdicts() {
		calibration.Verdicts = append(calibration.Verdicts, v.String())
	}
	for i := range c.AA {
		plan.Seed++
		found, err := c.trial(a, plan, config, filepath.Join(c.Out, fmt.Sprintf("aa-%03d", i+1)))
		if err != nil {
			return err
		}
		trial := gate.Trial{Broken: errors.Is(found.Err(), compare.ErrBroken)}
		for _, r := range found.Rows {
			trial.Rows = append(trial.Rows, gate.Judged{Name: r.Name, Unit: r.Unit, Verdict: r.Verdict.String()})
		}
		calibration.Add(trial)
	}
	if err := calibration.Write(a.Stdout, c.spent); err != nil {
		return err
	}
	switch {
	case calibration.Broken > 0:
		return fmt.Errorf("%w in %d of %d gate runs", compare.ErrBroken, calibration.Broken, c.AA)
	case c.Inject == 0 && calibration.Alarms > 0:
		return app.Failed{Err: fmt.Errorf("%d false alarms", calibration.Alarms)}
	}
	return nil
}

// trial runs the gate once, with a neutral head if there is to be one.
func (c *gateRunCmd) trial(a *app.App, plan gate.Plan, config verdict.Config, dir string) (*compare.Comparison, error) {
	if c.Neutral {
		head, err := plan.Builds[gate.Base].Neutral(a.Ctx, plan.Seed)
		if err != nil {
			return nil, app.Misuse{Err: err}
		}
		defer head.Close()
		plan = plan.WithHead(head)
	}
	return c.measure(a, plan, config, dir)
}
