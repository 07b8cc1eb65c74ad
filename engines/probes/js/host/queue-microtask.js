// queueMicrotask shares the queue of promise jobs.
// Section: https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#microtask-queuing
// Has: queueMicrotask

Promise.resolve().then(() => log(1)).then(() => log(4));
queueMicrotask(() => { log(2); queueMicrotask(() => log(5)); });
Promise.resolve().then(() => log(3)).then(() => log(6));
log(0);

// Output:
// 0
// 1
// 2
// 3
// 4
// 5
// 6
