// Between two timers that are due at once the job queue runs dry, as in Node.js since 11 (nodejs/node#22842).
// Section: https://html.spec.whatwg.org/multipage/webappapis.html#perform-a-microtask-checkpoint
// Has: hostTimeout

hostTimeout(() => { log('timer 1'); Promise.resolve().then(() => log('job 1')).then(() => log('job 2')); }, 1);
hostTimeout(() => log('timer 2'), 1);
// Both are due when this is over.
for (const start = Date.now(); Date.now() - start < 20;);

// Output:
// timer 1
// job 1
// job 2
// timer 2
