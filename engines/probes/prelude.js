// Loaded before every probe, in the JavaScript of 2015 that all engines run.
(function (global) {
  'use strict';

  // The host's timers give way to the driver's, so that programs with timers say
  // the same on engines without an event loop, and no second passes. What goes
  // wrong shows in what the program logs.
  var most = 1000; // ends programs that set timers for ever
  var set = 0;

  global.setTimeout = function (callback, delay) {
    if (set === most) {
      global.log('more than ' + most + ' timers');
      return 0;
    }
    promisebenchTimer(function () {
      try { callback(); } catch (error) { global.log('a timer threw ' + error); }
    }, Math.max(0, Number(delay) || 0));
    return ++set;
  };
})(this);
