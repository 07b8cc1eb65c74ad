// The driver: loaded first into every realm, on every engine.
//
// It is written in the JavaScript of 2015 without async functions, because it
// must neither be rewritten (await modes) nor lowered (transpiled styles).
// Between two operations it does the least that still notices a wrong result.
(function (global) {
  'use strict';

  // What is loaded later may put others in their place: a library, or a probe.
  var then = Promise.prototype.then;
  var resolved = Promise.resolve();
  var waiting = 0;   // operations that the window has no room for at first
  var started = 0;
  var settled = 0;
  var sum = 0;       // 32-bit wrapping sum of the results: independent of order
  var queued = 0;    // callback operations to be started
  var inside = false; // a loop that starts them runs
  var failure = '';  // the first thing that went wrong
  var callbacks = false; // how operation tells its result
  var lines = [];
  var now = 0;       // virtual time, which only promisebenchAdvance moves
  var instants = []; // at which timers are due, ascending
  var due = new Map(); // instant → its timers' callbacks in the order set
  var fired = 0;     // how many of those of the first instant were called
  var counted = 0;   // ticks, for promisebenchTicks: up to the last timer that was set,
  var quiet = 0;     // and since then
  var counting = false; // ticks, and no time
  var outside = 0;   // timers of the host that have not fired

  function describe(value) {
    if (value === undefined) return 'undefined';
    if (value instanceof Error) return value.name + ': ' + value.message;
    try { return typeof value + ' ' + String(value); } catch (e) { return typeof value; }
  }

  function fail(what) { failure = failure || what; }

  // For what goes wrong in code that no operation waits for.
  global.promisebenchFail = function (what, error) { fail(what + ': ' + describe(error)); };

  function noInteger(value) {
    fail('an operation yielded ' + describe(value) + ' where a 32-bit integer is due');
  }

  // For promises of which none should reject, that is, for nearly all that is measured.
  // There is no call and no try in it that could be left out: an operation that throws
  // leaves others that never settle, and the batch that finds out why is not timed.
  function fulfilled(value) {
    if ((value | 0) !== value) return noInteger(value);
    sum = (sum + value) | 0;
    if (settled++ < waiting) operation(started++).then(fulfilled);
  }

  // The same for all others, which say what went wrong.
  function guarded(value) {
    if ((value | 0) !== value) return noInteger(value);
    sum = (sum + value) | 0;
    if (settled++ >= waiting) return;
    try {
      if (callbacks) nextCallback();
      else operation(started++).then(guarded, rejected);
    } catch (error) {
      threw(error);
    }
  }

  // A rejection on purpose carries the checksum of its clean-up. It counts as
  // the complement, so that fulfilling with the same value is another result.
  function rejected(reason) {
    if (reason !== null && typeof reason === 'object' && typeof reason.checksum === 'number') {
      guarded(~reason.checksum);
      return;
    }
    fail('an operation rejected: ' + describe(reason));
  }

  function called(error, value) {
    if (error) rejected(error); else guarded(value);
  }

  // An operation that calls back at once must not start the next one from
  // inside itself: the stack would grow with every operation.
  function nextCallback() {
    queued++;
    if (inside) return;
    inside = true;
    for (; queued > 0; queued--) operation(started++, called);
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
    forget();
    counting = false;
    callbacks = operation.length > 1;
    var first = Math.min(ops, window);
    waiting = ops - first; // each of the first results starts one of these
    try {
      if (callbacks) { queued = first - 1; nextCallback(); }
      else if (rejects) for (; first > 0; first--) operation(started++).then(guarded, rejected);
      else for (; first > 0; first--) operation(started++).then(fulfilled);
    } catch (error) {
      threw(error);
    }
  };

  global.promisebenchReport = function () {
    return JSON.stringify({ settled: settled, sum: sum, failure: failure });
  };

  // Timers without time. What waits does so on a clock that stands still while
  // there are jobs and then jumps to the next instant at which something is
  // due. So waiting costs no time, results are the same on every engine, and
  // what is measured is still the machinery. Due at one instant, callbacks run
  // in the order in which they were set, each with all the jobs that it leaves
  // before the next one, as HTML has it ("perform a microtask checkpoint") and
  // Node.js since version 11.
  global.promisebenchTimer = function (callback, delay) {
    var at = now + delay;
    var list = due.get(at);
    if (list === undefined) {
      due.set(at, list = []);
      var k = instants.length;
      while (k > 0 && instants[k - 1] > at) k--;
      instants.splice(k, 0, at);
    }
    list.push(callback);
    counted += quiet;
    quiet = 0;
  };

  // What time it is, for operations that tell how long they have waited.
  global.promisebenchClock = function () { return now; };

  // A timer of the host, for what is to wait in earnest. The host must have
  // setTimeout and run it while it asks promisebenchAdvance again and again.
  global.promisebenchRealTimer = function (callback, delay) {
    if (counting) {
      global.promisebenchTimer(callback, delay); // the host's never fire beside a chain of ticks
      return;
    }
    global.promisebenchOutside(1);
    setTimeout(function () {
      global.promisebenchOutside(-1);
      fire(callback);
    }, delay);
  };

  // How many events of the host are waited for, more or less.
  global.promisebenchOutside = function (n) { outside += n; };

  function fire(callback) {
    try { callback(); } catch (error) { fail('a timer threw ' + describe(error)); }
  }

  // advance fires the timer that is due next, one, and returns 'fired'. If there is
  // none it returns 'outside' where timers of the host are left, and else ''. The
  // host calls it whenever its job queue is empty, until then.
  global.promisebenchAdvance = function () {
    if (instants.length === 0) return outside > 0 ? 'outside' : '';
    now = instants[0];
    var list = due.get(now);
    var callback = list[fired++];
    if (fired === list.length) {
      instants.shift();
      due.delete(now);
      fired = 0;
    }
    fire(callback);
    return 'fired';
  };

  function forget() {
    now = fired = 0;
    instants = [];
    due.clear();
  }

  global.log = function (line) { lines.push(String(line)); };

  global.promisebenchLines = function () {
    var taken = lines;
    lines = [];
    return JSON.stringify(taken);
  };

  // The chain of promise reactions by which all ticks are counted: turn is called
  // in each turn of the job queue, the next one being the first, until it returns
  // false. In each it runs behind what was queued before the chain was begun, and
  // behind what follows from that.
  global.promisebenchTurns = function (turn) {
    function link() { if (turn()) then.call(resolved, link); }
    then.call(resolved, link);
  };

  // For programs: calls start with a function to call at the end, and logs the
  // ticks in between behind what they are of.
  global.ticks = function (what, start) {
    var n = 0;
    var done = false;
    start(function () {
      if (!done) global.log(what + ' ' + n);
      done = true;
    });
    n = 1;
    global.promisebenchTurns(function () { return !done && n++ < 1000; });
  };

  // Ticks of the loaded operation: the chain runs beside one lone operation until
  // the operation's own reaction runs. The count is exact and the same on every
  // engine that follows the specification. It logs the ticks of operations 0 to
  // ops-1, one a line.
  //
  // The chain keeps the queue busy, so the host never finds it empty: timers
  // fire, one at a time, when the chain has run enough ticks for everything else
  // to be over. These quiet ticks don't count. An operation that waits for timers
  // takes the ticks from its start to the first timer it waits for, from each
  // timer that leads to another one to that one, and from the last to its end;
  // what happens beside this path, as in a branch that is ready early, has no part.
  var enough = 100; // a workload with more ticks between two waits must raise it
  global.promisebenchTicks = function (ops) {
    counting = true;
    var limit = 1e5; // an operation that never settles must not count for ever
    var i = 0;
    function next() {
      if (i === ops) return;
      var n = 0;
      var done = false;
      function end() { done = true; global.log(counted + quiet); }
      forget(); // timers that the operation before has left
      counted = quiet = 0;
      if (operation.length > 1) operation(i, end); else operation(i).then(end, end);
      quiet++;
      global.promisebenchTurns(function () {
        if (!done && quiet >= enough && instants.length > 0) {
          quiet = 0;
          global.promisebenchAdvance();
        }
        if (done) { i++; next(); return false; }
        quiet++;
        return n++ < limit;
      });
    }
    next();
  };
})(this);
