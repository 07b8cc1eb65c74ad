package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"promisebench/bench/gate"
	"promisebench/report"
	verdict "promisebench/report/gate"
)

// calibrate runs the gate again and again with what should be alike, or with a
// known slowdown, and prints how often it found what.
func (c *gateRunCmd) calibrate(a *app, plan gate.Plan, config verdict.Config) error {
	calibration := gate.Calibration{Alarm: string(verdict.Regressed), Injected: plan.Injected}
	for _, v := range verdict.Verdicts() {
		calibration.Verdicts = append(calibration.Verdicts, string(v))
	}
	start := a.now()
	for i := range c.AA {
		plan.Seed++
		j, err := c.measure(a, plan, config, filepath.Join(c.Out, fmt.Sprintf("aa-%03d", i+1)))
		if err != nil {
			return err
		}
		trial := gate.Trial{Broken: errors.Is(j.Err(), report.ErrBroken)}
		for _, r := range j.Rows {
			if r.Kind == verdict.Paired {
				trial.Verdicts = append(trial.Verdicts, string(r.Verdict))
			}
		}
		calibration.Add(trial)
	}
	if err := calibration.Write(a.stdout, a.now().Sub(start)); err != nil {
		return err
	}
	switch {
	case calibration.Broken > 0:
		return fmt.Errorf("%w in %d of %d gate runs", report.ErrBroken, calibration.Broken, c.AA)
	case c.Inject == 0 && calibration.Alarms > 0:
		return failed{fmt.Errorf("%d false alarms", calibration.Alarms)}
	}
	return nil
}
