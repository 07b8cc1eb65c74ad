// The driver: loaded first into every realm, on every engine.
//
// It is written in the JavaScript of 2015 without async functions, because it
// must neither be rewritten (await modes) nor lowered (transpiled styles).
// Between two operations it does the least that still notices a wrong result.
(function (global) {
  'use strict';

  var Native = Promise; // a library may take its place in what is loaded later
  var waiting = 0;   // operations that the window has no room for at first
  var started = 0;
  var settled = 0;
  var sum = 0;       // 32-bit wrapping sum of the results: independent of order
  var due = 0;       // callback operations to be started
  var inside = false; // a loop that starts them runs
  var failure = '';  // the first thing that went wrong
  var callbacks = false; // how operation tells its result
  var onRejected; // undefined where no operation should reject: a handler costs
  var lines = [];

  function describe(value) {
    if (value === undefined) return 'undefined';
    if (value instanceof Error) return value.name + ': ' + value.message;
    try { return typeof value + ' ' + String(value); } catch (e) { return typeof value; }
  }

  function fail(what) { failure = failure || what; }

  // For what goes wrong in code that no operation waits for.
  global.promisebenchFail = function (what, error) { fail(what + ': ' + describe(error)); };

  function fulfilled(value) {
    if ((value | 0) !== value) {
      fail('an operation yielded ' + describe(value) + ' where a 32-bit integer is due');
      return;
    }
    sum = (sum + value) | 0;
    if (settled++ < waiting) next();
  }

  // A rejection on purpose carries the checksum of its clean-up. It counts as
  // the complement, so that fulfilling with the same value is another result.
  function rejected(reason) {
    if (reason !== null && typeof reason === 'object' && typeof reason.checksum === 'number') {
      fulfilled(~reason.checksum);
      return;
    }
    fail('an operation rejected: ' + describe(reason));
  }

  function called(error, value) {
    if (error) rejected(error); else fulfilled(value);
  }

  function next() {
    try {
      if (callbacks) nextCallback();
      else operation(started++).then(fulfilled, onRejected);
    } catch (error) {
      threw(error);
    }
  }

  // An operation that calls back at once must not start the next one from
  // inside itself: the stack would grow with every operation.
  function nextCallback() {
    due++;
    if (inside) return;
    inside = true;
    for (; due > 0; due--) operation(started++, called);
    inside = false;
  }

  function threw(error) {
    fail('operation ' + (started - 1) + ' threw or returned no promise: ' + describe(error));
  }

  // start launches as many operations as the window holds; the others follow
  // as these settle. The host drains the job queue and then asks for a report.
  // Unless rejects is true, an operation that rejects is one that never settles.
  global.promisebenchStart = function (ops, window, rejects) {
    started = settled = sum = 0;
    failure = '';
    inside = false;
    callbacks = operation.length > 1;
    onRejected = rejects ? rejected : undefined;
    var first = Math.min(ops, window);
    waiting = ops - first; // each of the first results starts one of these
    try {
      if (callbacks) { due = first - 1; nextCallback(); }
      // Not by next(): a call more for each operation shows on interpreters.
      else for (; first > 0; first--) operation(started++).then(fulfilled, onRejected);
    } catch (error) {
      threw(error);
    }
  };

  global.promisebenchReport = function () {
    return JSON.stringify({ settled: settled, sum: sum, failure: failure });
  };

  global.log = function (line) { lines.push(String(line)); };

  global.promisebenchLines = function () {
    var taken = lines;
    lines = [];
    return JSON.stringify(taken);
  };

  // Ticks: a chain of promise reactions runs beside one lone operation and
  // counts the turns of the job queue until the operation's own reaction runs.
  // The count is exact and the same on every engine that follows the
  // specification. It logs the ticks of operations 0 to ops-1, one a line.
  global.promisebenchTicks = function (ops) {
    var limit = 1e5; // an operation that never settles must not count for ever
    var i = 0;
    function next() {
      if (i === ops) return;
      var n = 0;
      var done = false;
      function end() { done = true; global.log(n); }
      function tick() {
        if (done) { i++; next(); return; }
        if (n++ < limit) Native.resolve().then(tick);
      }
      if (operation.length > 1) operation(i, end); else operation(i).then(end, end);
      tick();
    }
    next();
  };
})(this);
