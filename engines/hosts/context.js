// Loaded before all else in a realm whose operations run in an AsyncLocalStorage, as
// servers keep what belongs to a request.
(function () {
  'use strict';

  var load = typeof require === 'function' ? require : process.getBuiltinModule;
  var hooks = load('async_hooks');
  var storage = new hooks.AsyncLocalStorage();
  var entered = false; // the program that proves what await means has awaits, too

  // Each await of a script is the argument of this: what is behind it asks for its context.
  globalThis.promisebenchStored = function (value) {
    if (storage.getStore() === undefined && entered) promisebenchFail('an operation has lost its context behind an await');
    return value;
  };

  // Gives an operation that runs in a context of its own, its number. It returns a promise:
  // styles that call back are not run so.
  globalThis.promisebenchEnter = function (operation) {
    entered = true;
    return function (i) { return storage.run(i, operation, i); };
  };

  // What carries contexts from job to job: where hooks do, each job has a number of its own.
  globalThis.promisebenchCarrier = function (told) {
    storage.run(0, function () {
      Promise.resolve().then(function () {
        var first = hooks.executionAsyncId();
        Promise.resolve().then(function () { told(hooks.executionAsyncId() === first ? 'frame' : 'hooks'); });
      });
    });
  };
})();
