// Loaded before every probe, in the JavaScript of 2015 that all engines run.
(function (global) {
  'use strict';

  // Timers on a clock of their own, so that programs with timers say the same
  // on engines without an event loop, and no second passes. The runner fires
  // one timer at a time and lets the jobs run dry between two, as hosts do
  // (HTML, "perform a microtask checkpoint").
  var timers = [];
  var now = 0;
  var made = 0;

  global.setTimeout = function (callback, delay) {
    timers.push({ due: now + Math.max(0, Number(delay) || 0), id: ++made, callback: callback });
    return made;
  };

  // How many timers wait to be fired: see engines.ModuleRealm for the name.
  global.promisebenchWaiting = function () { return timers.length; };

  global.promisebenchFire = function () {
    // By hand: sort was not stable in the oldest engines.
    var first = 0;
    for (var i = 1; i < timers.length; i++) if (timers[i].due < timers[first].due) first = i;
    var timer = timers.splice(first, 1)[0];
    now = timer.due;
    timer.callback();
  };

  // ticks calls start with a function to call at the end, and logs the turns
  // of the job queue in between: a chain of reactions runs beside it.
  global.ticks = function (what, start) {
    var native = Promise;
    var n = 0;
    var done = false;
    start(function () {
      if (!done) global.log(what + ' ' + n);
      done = true;
    });
    (function tick() {
      if (!done && n++ < 1000) native.resolve().then(tick);
    })();
  };
})(this);
