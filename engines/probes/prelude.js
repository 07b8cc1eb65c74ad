// Loaded before every probe, in the JavaScript of 2015 that all engines run.
(function (global) {
  'use strict';

  // The host's timers give way to the driver's, so that programs with timers say
  // the same on engines without an event loop, and no second passes. What goes
  // wrong shows in what the program logs.
  var most = 1000; // ends programs that set timers for ever
  var set = 0;

  // For probes of the order that hosts with an event loop have: their own timers, and what
  // else brings a turn. Shells have none that would come while jobs are run.
  function own(name, start) {
    global[name] = function (callback, delay) {
      promisebenchOutside(1);
      start(function () {
        promisebenchOutside(-1);
        callback();
      }, delay);
    };
  }
  if (typeof process === 'object' || typeof importScripts === 'function') {
    own('hostTimeout', global.setTimeout.bind(global));
    if (typeof setImmediate === 'function') own('hostImmediate', setImmediate);
    if (typeof process === 'object') own('hostTick', process.nextTick);
    if (typeof MessageChannel === 'function') {
      var channel = new MessageChannel();
      var posted = [];
      channel.port1.onmessage = function () { posted.shift()(); };
      own('hostMessage', function (callback) {
        posted.push(callback);
        channel.port2.postMessage(null);
      });
    }
  }

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
