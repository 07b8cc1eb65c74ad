// Promise.allSettled tells status and value or reason of each element, in order, and never rejects for them.
// Section: sec-promise.allsettled
// Has: Promise.allSettled

Promise.allSettled([1, Promise.reject(new Error('reason')), new Promise(f => setTimeout(() => f('late'), 10))]).then(list => {
  for (const r of list) log(Object.keys(r).join() + ' ' + r.status + ' ' + (r.reason ? r.reason.message : r.value));
});
Promise.allSettled([]).then(list => log('empty ' + list.length));

// Output:
// empty 0
// status,value fulfilled 1
// status,reason rejected reason
// status,value fulfilled late
