// Put before worker.js in a Node.js that runs the specification's own text: engine262, in
// which all scripts are evaluated. What worker.js calls there is called from here.
globalThis.promisebenchOracle = function (server) {
  'use strict';

  var spec = require('@engine262/engine262');
  var unhandled = new Set();
  var modules = {}; // by specifier
  spec.setSurroundingAgent(new spec.Agent({
    hostHooks: {
      HostPromiseRejectionTrackers: new Set([function (promise, operation) {
        if (operation === 'reject') unhandled.add(promise);
        else unhandled.delete(promise);
      }]),
      HostLoadImportedModule: function (referrer, request, _, payload) {
        var name = request.Specifier.stringValue ? request.Specifier.stringValue() : request.Specifier;
        var found = modules[name];
        spec.FinishLoadingImportedModule(referrer, request, payload, found ? spec.NormalCompletion(found) : spec.Throw.TypeError('no module $1', name));
      },
    },
  }));
  var realm = new spec.ManagedRealm({});

  function describe(value) {
    var pop = realm.pushTopContext();
    try { return spec.inspect(value); } finally { if (pop) pop(); }
  }

  // Runs a script, and all jobs behind it.
  function evaluate(name, source) {
    var completion = realm.evaluateScriptSkipDebugger(source, { specifier: name });
    if (completion.Type === 'throw') throw new Error(describe(completion.Value));
    return completion.Value;
  }

  ['promisebenchStart', 'promisebenchReport', 'promisebenchLines', 'promisebenchAdvance', 'promisebenchFail'].forEach(function (name) {
    globalThis[name] = function () {
      var value = evaluate('call.js', name + '(' + Array.prototype.map.call(arguments, JSON.stringify).join(', ') + ')');
      return value && value.stringValue ? value.stringValue() : undefined;
    };
  });

  server.evaluate = evaluate;
  server.allocated = null;
  server.drain = function (f, dry, then) {
    f();
    while (promisebenchAdvance() !== '');
    dry();
    unhandled.forEach(function (promise) {
      promisebenchFail('a promise was rejected and nobody handled it', describe(promise.PromiseResult));
    });
    unhandled.clear();
    then();
  };
  server.modules = function (list, then) {
    modules = {};
    list.forEach(function (m) {
      var compiled = realm.compileModule(m.source, { specifier: m.name });
      if (compiled.Type === 'throw') throw new Error(describe(compiled.Value));
      modules['./' + m.name] = compiled.Value;
    });
    var entry = list[list.length - 1].name;
    var result = null; // the module's promise, or what was thrown
    realm.evaluateModule(modules['./' + entry], entry, function (completion) { result = completion; });
    while (promisebenchAdvance() !== '');
    if (result === null) then(new Error('it was never evaluated'));
    else if (result.Type === 'throw') then(new Error(describe(result.Value)));
    else if (result.PromiseState === 'rejected') then(new Error(describe(result.PromiseResult)));
    else then(null);
  };
  return server;
};
