// A promise's reaction runs after the script and before a timer of 0 ms.
// Section: sec-jobs

setTimeout(() => log(1), 0);
new Promise(resolve => resolve(2)).then(log);
log(3);

// Output:
// 3
// 2
// 1
