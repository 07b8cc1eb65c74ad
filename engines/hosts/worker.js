// The worker's half of the protocol in package worker, for every command-line
// host. It is given on the command line, so that no file is left behind, and
// written in the JavaScript of 2015 that the oldest host runs.
(function () {
  'use strict';

  var global = typeof globalThis === 'object' ? globalThis : Function('return this')();
  var host = global.promisebenchOracle ? promisebenchOracle(serverHost())
    : typeof process === 'object' ? serverHost() : typeof WebSocket === 'function' ? pageHost() : shellHost();

  // Hosts with an event loop: Node.js, Bun, Deno.
  function serverHost() {
    var vm = typeof require === 'function' ? require('vm') : process.getBuiltinModule('vm');
    var hrtime = process.hrtime;
    // Bun has a number of the same name, but garbage is not in it, and asking for
    // it collects that.
    var v8 = global.Bun ? null : typeof require === 'function' ? require('v8') : process.getBuiltinModule('v8');
    // Each has a function that runs the job queue dry, though not for everybody: a
    // turn of the event loop instead, for each of the driver's timers, would cost
    // more than most of what is measured.
    var runJobs = global.Bun ? require('bun:jsc').drainMicrotasks
      : global.Deno ? Deno[Deno.internal].core.runMicrotasks
      : process._tickCallback;
    // Newer hosts end at a rejection that nobody handles; here it fails the batch.
    process.on('unhandledRejection', function (reason) {
      if (global.promisebenchFail) promisebenchFail('a promise was rejected and nobody handled it', reason);
    });
    return {
      version: global.Bun ? Bun.version : global.Deno ? Deno.version.deno + ' (V8 ' + Deno.version.v8 + ')'
        : process.version + ' (V8 ' + process.versions.v8 + ')',
      clock: 'process.hrtime',
      now: function () { var t = hrtime(); return t[0] * 1e9 + t[1]; },
      allocated: v8 && typeof v8.getHeapStatistics().total_allocated_bytes === 'number'
        ? function () { return v8.getHeapStatistics().total_allocated_bytes; } : null,
      evaluate: function (name, source) { vm.runInThisContext(source, { filename: name }); },
      // In an event of its own, because the one that brings input may itself be
      // among the jobs of which runJobs runs the others: Deno's is.
      drain: function (f, dry, then) {
        setImmediate(function () {
          f();
          next();
        });
        function next() {
          var what;
          do {
            runJobs();
            what = promisebenchAdvance();
          } while (what === 'fired');
          if (what === 'outside') {
            setImmediate(next);
            return;
          }
          dry();
          setImmediate(then); // rejections that nobody has handled are known by then
        }
      },
      // A module's address is its text, so that no file is needed; in base64,
      // because Bun takes what follows a dot for a file's extension. The loader
      // works outside the job queue: the host turns until the module is done
      // and no timer is left.
      modules: function (list, then) {
        var load = importer();
        if (load === null) throw new Unsupported('it has no import()');
        var Buffer = (typeof require === 'function' ? require('buffer') : process.getBuiltinModule('buffer')).Buffer;
        var addresses = {};
        var settled = false;
        list.forEach(function (m) {
          var text = relink(m.source, function (name) { return addresses[name]; });
          addresses[m.name] = 'data:text/javascript;base64,' + Buffer.from(text).toString('base64');
        });
        var failure = null;
        load(addresses[list[list.length - 1].name]).then(function () { settled = true; }, function (error) {
          settled = true;
          // Node.js 10 to 12.0 parse import() and have nothing behind it.
          failure = error && error.message === 'Not supported' ? new Unsupported('its import() is an empty shell')
            : error || new Error('rejected with ' + error);
        });
        (function turn() {
          if (failure === null && promisebenchAdvance() || !settled) setImmediate(turn);
          else then(failure);
        })();
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

  // A worker of a page in a browser, which talks over a WebSocket. Scripts run the job
  // queue dry only by ending, so each time that somebody asks whether it is dry costs a
  // turn of the event loop; a message to itself is the shortest.
  function pageHost() {
    var socket = new WebSocket(location.href.replace(/^http/, 'ws').replace('worker.js?', 'lines?'));
    var unsent = []; // what is printed before there is a connection
    var turns = [];
    var channel = new MessageChannel();
    channel.port1.onmessage = function () { turns.shift()(); };
    function turn(f) {
      turns.push(f);
      channel.port2.postMessage(null);
    }
    global.addEventListener('unhandledrejection', function (event) {
      if (global.promisebenchFail) promisebenchFail('a promise was rejected and nobody handled it', event.reason);
      event.preventDefault();
    });
    function address(source) { return URL.createObjectURL(new Blob([source], { type: 'text/javascript' })); }
    return {
      version: navigator.userAgent,
      clock: 'performance.now',
      now: function () { return performance.now() * 1e6; },
      allocated: null,
      // Not eval, whose const and let are its own.
      evaluate: function (name, source) {
        var at = address(source + '\n//# sourceURL=' + name);
        try { importScripts(at); } finally { URL.revokeObjectURL(at); }
      },
      drain: function (f, dry, then) {
        turn(function () {
          f();
          turn(next);
        });
        function next() {
          var what = promisebenchAdvance();
          if (what !== '') {
            turn(next); // not setTimeout, which waits for milliseconds and may be a script's own
            return;
          }
          dry();
          turn(then); // rejections that nobody has handled are known by then
        }
      },
      modules: function (list, then) {
        var load = importer();
        if (load === null) throw new Unsupported('it has no import()');
        var addresses = {};
        list.forEach(function (m) { addresses[m.name] = address(relink(m.source, function (name) { return addresses[name]; })); });
        var settled = false, failure = null;
        load(addresses[list[list.length - 1].name]).then(function () { settled = true; }, function (error) {
          settled = true;
          failure = error || new Error('rejected with ' + error);
        });
        (function wait() {
          if (failure === null && promisebenchAdvance() || !settled) turn(wait);
          else then(failure);
        })();
      },
      print: function (line) {
        if (socket.readyState === 1) socket.send(line + '\n');
        else unsent.push(line);
      },
      serve: function (handle) {
        socket.onopen = function () { unsent.splice(0).forEach(this.print, this); }.bind(this);
        socket.onmessage = function (event) { event.data.split('\n').filter(Boolean).forEach(handle); };
        socket.onclose = function () { close(); };
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
      allocated: null,
      evaluate: global.evaluate ? function (name, source) { evaluate(source, { fileName: name }); }
        : function (name, source) { loadString(source); },
      drain: function (f, dry, then) {
        f();
        do drain(); while (promisebenchAdvance());
        dry();
        then();
      },
      modules: function (list, then) {
        if (!global.registerModule) throw new Unsupported('not probed: this shell loads modules from files only');
        var failure = null;
        // Without "./": the shell resolves that against files.
        list.forEach(function (m) {
          registerModule(m.name, parseModule(relink(m.source, function (name) { return name; })));
        });
        importer()(list[list.length - 1].name).then(null, function (error) { failure = error; });
        do drain(); while (promisebenchAdvance());
        then(failure);
      },
      print: global.print,
      serve: function (handle) {
        // jsc answers the end of input with an empty line for ever.
        for (var line = readline(); line; line = readline()) handle(line);
        quit(0);
      },
    };
  }

  // The oldest hosts don't parse import(); it must not stand in this script.
  function importer() {
    try { return Function('address', 'return import(address);'); } catch (error) { return null; }
  }

  // Gives a module's imports other specifiers.
  function relink(source, rename) {
    return source.replace(/^(import (?:[^'"\n]* from )?')\.\/([^'\n]+)'/gm, function (_, before, name) {
      return before + rename(name) + "'";
    });
  }

  // Thrown for what the host does not have.
  function Unsupported(why) { this.message = why; }

  function answer(id, fields) {
    fields.id = id;
    host.print(JSON.stringify(fields));
  }

  function refuse(id, error) {
    if (error instanceof Unsupported) answer(id, { error: { message: error.message, unsupported: true } });
    else answer(id, { error: { message: describe(error) } });
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
        var thrown = null; // or the error, boxed: a script may throw null
        host.drain(function () {
          try { host.evaluate(request.name, request.source); } catch (error) { thrown = [error]; }
        }, function () {}, function () {
          if (thrown !== null) refuse(id, thrown[0]);
          else answer(id, { lines: JSON.parse(promisebenchLines()) });
        });
      } else if (request.do === 'module') {
        host.modules(request.modules, function (error) {
          if (error !== null) refuse(id, error);
          else answer(id, { lines: JSON.parse(promisebenchLines()) });
        });
      } else if (request.do === 'run') {
        var start = 0, elapsed = 0, before = 0;
        host.drain(function () {
          if (host.allocated !== null) before = host.allocated();
          start = host.now();
          promisebenchStart(request.ops, request.window, request.rejects);
        }, function () {
          // Not in then: a turn of the event loop is in no promise's time, and hosts
          // put off parts of collecting garbage to one.
          elapsed = host.now() - start;
        }, function () {
          var heap = host.allocated !== null ? { Bytes: allocatedSince(before) } : undefined;
          answer(id, { nanoseconds: elapsed, outcome: JSON.parse(promisebenchReport()), heap: heap });
        });
      } else {
        answer(id, { error: { message: 'unknown request ' + request.do } });
      }
    } catch (error) {
      refuse(id, error);
    }
  }

  // V8 counts memory by the buffers, of up to 256 KB, that it allocates from, and
  // gives back the one in use when it is asked. So a reading has the rest of that
  // buffer in it, which the next reading counts once more, and nothing else if it
  // follows at once. A compiler's thread may get in between, but hardly twice.
  function allocatedSince(before) {
    var a = host.allocated(), b = host.allocated(), c = host.allocated();
    return Math.max(0, a - before - Math.min(b - a, c - b));
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

  host.print(JSON.stringify({ protocol: 4, version: host.version, clock: host.clock, resolution: resolution() }));
  host.serve(handle);
})();
