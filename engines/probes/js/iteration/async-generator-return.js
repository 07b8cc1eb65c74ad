// return on an async generator that has not started awaits its argument and runs nothing of the body.
// Section: sec-asyncgeneratorawaitreturn
// Needs: async-generator

async function* g() { log('never'); }
g().return(Promise.resolve('awaited')).then(r => log(r.value + ' ' + r.done));
g().return(Promise.reject(new Error('rejected'))).catch(e => log(e.message));
g().throw(new Error('thrown')).catch(e => log(e.message));
try { g.prototype.next.call(1).catch(e => log(e instanceof TypeError)); } catch (e) { log('threw'); }

// Output:
// thrown
// true
// awaited true
// rejected
