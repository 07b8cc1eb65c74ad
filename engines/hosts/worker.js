// The worker's half of the protocol in package worker, for every command-line
// host. It is given on the command line, so that no file is left behind, and
// written in the JavaScript of 2015 that the oldest host runs.
(function () {
  'use strict';

  var global = typeof globalThis === 'object' ? globalThis : Function('return this')();
  var host = typeof process === 'object' ? serverHost() : shellHost();

  // Hosts with an event loop: Node.js, Bun, Deno.
  function serverHost() {
    var vm = typeof require === 'function' ? require('vm') : process.getBuiltinModule('vm');
    var hrtime = process.hrtime;
    // Newer hosts end at a rejection without a handler; here the driver finds
    // the operation missing, and the batch is run again with handlers.
    process.on('unhandledRejection', function () {});
    return {
      version: global.Bun ? Bun.version : global.Deno ? Deno.version.deno + ' (V8 ' + Deno.version.v8 + ')'
        : process.version + ' (V8 ' + process.versions.v8 + ')',
      clock: 'process.hrtime',
      now: function () { var t = hrtime(); return t[0] * 1e9 + t[1]; },
      evaluate: function (name, source) { vm.runInThisContext(source, { filename: name }); },
      // What f leaves in the job queue runs as soon as the running event has
      // returned, and the immediate right behind it; so for the driver's timers.
      drain: function (f, then) {
        setImmediate(function next() {
          if (promisebenchAdvance()) setImmediate(next); else then();
        });
        f();
      },
      print: function (line) { process.stdout.write(line + '\n'); },
      serve: function (handle) {
        var rest = '';
        process.stdin.setEncoding('utf8');
        process.stdin.on('data', function (chunk) {
          var lines = (rest + chunk).split('\n');
          rest = lines.pop();
          lines.forEach(handle);
        });
        process.stdin.on('end', function () { process.exit(0); });
      },
    };
  }

  // Engines' own shells: jsc, js102. They read synchronously and drain on demand.
  function shellHost() {
    var drain = global.drainJobQueue || global.drainMicrotasks;
    var precise = global.preciseTime;
    return {
      version: typeof version === 'function' ? String(version()) : '',
      clock: precise ? 'preciseTime' : 'performance.now',
      now: precise ? function () { return precise() * 1e9; } : function () { return performance.now() * 1e6; },
      evaluate: global.evaluate ? function (name, source) { evaluate(source, { fileName: name }); }
        : function (name, source) { loadString(source); },
      drain: function (f, then) {
        f();
        do drain(); while (promisebenchAdvance());
        then();
      },
      print: global.print,
      serve: function (handle) {
        // jsc answers the end of input with an empty line for ever.
        for (var line = readline(); line; line = readline()) handle(line);
        quit(0);
      },
    };
  }

  function answer(id, fields) {
    fields.id = id;
    host.print(JSON.stringify(fields));
  }

  function describe(error) {
    if (!(error instanceof Error) && !(error && error.message)) return String(error);
    var place = error.fileName || '';
    if (error.lineNumber) place += ':' + error.lineNumber + ':' + error.columnNumber;
    // The first line of V8's stack of a syntax error is "file:line".
    var first = String(error.stack).split('\n')[0];
    if (place === '' && /:\d+$/.test(first)) place = first;
    return (place === '' ? '' : place + ': ') + error.name + ': ' + error.message;
  }

  function handle(line) {
    var request = JSON.parse(line);
    var id = request.id;
    try {
      if (request.do === 'load') {
        host.evaluate(request.name, request.source);
        answer(id, {});
      } else if (request.do === 'probe') {
        var thrown = null;
        host.drain(function () {
          try { host.evaluate(request.name, request.source); } catch (error) { thrown = error; }
        }, function () {
          if (thrown !== null) answer(id, { error: describe(thrown) });
          else answer(id, { lines: JSON.parse(promisebenchLines()) });
        });
      } else if (request.do === 'run') {
        var start = 0;
        host.drain(function () {
          start = host.now();
          promisebenchStart(request.ops, request.window, request.rejects);
        }, function () {
          var elapsed = host.now() - start;
          answer(id, { nanoseconds: elapsed, outcome: JSON.parse(promisebenchReport()) });
        });
      } else {
        answer(id, { error: 'unknown request ' + request.do });
      }
    } catch (error) {
      answer(id, { error: describe(error) });
    }
  }

  // The smallest step that the clock was seen to take.
  function resolution() {
    var least = Infinity;
    for (var i = 0; i < 100; i++) {
      var a = host.now(), b = host.now();
      for (var k = 0; b === a && k < 1e6; k++) b = host.now();
      if (b > a) least = Math.min(least, b - a);
    }
    return least;
  }

  host.print(JSON.stringify({ protocol: 1, version: host.version, clock: host.clock, resolution: resolution() }));
  host.serve(handle);
})();
