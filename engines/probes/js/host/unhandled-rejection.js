// A rejection without a handler is reported after the jobs have run dry; one that gets a handler in time is not.
// Section: sec-host-promise-rejection-tracker
// Has: process.on, setUnhandledRejectionCallback

const report = reason => log('unhandled: ' + reason.message);
if (typeof process === 'object') process.on('unhandledRejection', report);
else setUnhandledRejectionCallback((promise, reason) => report(reason === undefined ? promise : reason));
Promise.reject(new Error('nobody cares'));
const handled = Promise.reject(new Error('handled late'));
Promise.resolve().then(() => 0).then(() => handled.catch(e => log('caught: ' + e.message)));

// Output:
// caught: handled late
// unhandled: nobody cares
