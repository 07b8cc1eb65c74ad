// What process.nextTick is given runs before promise jobs; from within a job, behind all jobs.
// Section: https://nodejs.org/api/process.html#processnexttickcallback-args
// Has: hostTick

hostImmediate(() => {
  Promise.resolve().then(() => {
    log('job 1');
    hostTick(() => log('tick 3'));
  }).then(() => log('job 2'));
  hostTick(() => { log('tick 1'); hostTick(() => log('tick 2')); });
  log('immediate');
});

// Output:
// immediate
// tick 1
// tick 2
// job 1
// job 2
// tick 3
