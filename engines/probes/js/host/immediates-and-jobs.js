// Between two immediates the job queue runs dry, as in Node.js since 11 (nodejs/node#22842).
// Section: https://nodejs.org/api/timers.html#setimmediatecallback-args
// Has: hostImmediate

hostImmediate(() => { log('immediate 1'); Promise.resolve().then(() => log('job')); });
hostImmediate(() => log('immediate 2'));

// Output:
// immediate 1
// job
// immediate 2
