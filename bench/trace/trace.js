// What a traced snippet runs with: loaded after the driver, before the snippet.
//
// It is written in the JavaScript of 2015 without async functions, as the driver
// is. Nothing in it may add a job between two of the snippet's: it records
// synchronously, within jobs that run anyway, and the one chain of jobs that it
// does add only marks where a tick ends.
(function (global) {
  'use strict';

  var emit = global.log; // the driver's: it takes what is recorded to Go
  var eventLimit = 1e4;
  var tickLimit = 1e4; // the chain must end some time, or no trace would
  var turns = global.promisebenchTurns;
  var stringify = JSON.stringify;
  var events = 0;
  var full = false;
  var ticks = 0;

  function record(event) {
    event.tick = ticks;
    if (full) return;
    // Behind its last tick the chain no longer tells when something runs. So
    // it is for timers, which wait until the chain has ended.
    full = events++ === eventLimit || ticks === tickLimit;
    emit(stringify(full ? { kind: 'full' } : event));
  }

  function describe(value) {
    try {
      return value instanceof Error ? value.name + ': ' + value.message : String(value);
    } catch (e) {
      return typeof value;
    }
  }

  function mark() {
    record({ kind: 'mark', name: Array.prototype.map.call(arguments, describe).join(' ') });
  }

  // Stands in front of the snippet. The job queue is first in, first out, so it is
  // run in generations: what the script enqueues, then what these jobs enqueue, and
  // so on. The chain's job is the first of each generation, because it was the
  // first of the script's; so all that runs until its next job is of one tick.
  global.$traceBegin = function () { turns(function () { return ++ticks < tickLimit; }); };

  // An await of the snippet becomes
  //
  //   $traceEnd([$traceSlot.value = $traceTake(await $traceStart()( x ))] = $traceAwait(n))
  //
  // which is the one expression that tells both ways to resume. A destructuring
  // assignment closes its iterator when it is done and also when evaluating a
  // default value throws (ECMA-262 section 13.15.5.2, IteratorClose), so the
  // iterator's return is a "finally" that needs no statement of its own and runs
  // in the very job that resumes the function.
  var slot = global.$traceSlot = { value: undefined };
  var taken = false; // true from the awaited value's arrival to return()
  var latest;
  var instances = 0;

  function Instance(site) {
    this.site = site;
    this.id = instances++;
    this.started = false;
    this.value = undefined;
  }
  Instance.prototype[Symbol.iterator] = function () { return this; };
  Instance.prototype.next = function () { return { done: false, value: undefined }; };
  Instance.prototype.return = function () {
    // An operand that throws is never awaited.
    if (this.started) record({ kind: taken ? 'resume' : 'throw', site: this.site, id: this.id });
    if (taken) this.value = slot.value;
    taken = false;
    slot.value = undefined;
    return {};
  };

  global.$traceAwait = function (site) { return latest = new Instance(site); };
  // Called before the operand is evaluated, which may await itself.
  global.$traceStart = function () {
    var self = latest;
    return function (value) {
      self.started = true;
      record({ kind: 'start', site: self.site, id: self.id, value: kind(value) });
      return value;
    };
  };
  global.$traceTake = function (value) { taken = true; return value; };
  global.$traceEnd = function (instance) { return instance.value; };

  // What PromiseResolve and the resolve functions of a promise would find. No
  // getter is called: the await will, and it should be the only one.
  function kind(value) {
    if (value === null || typeof value !== 'object' && typeof value !== 'function') return 'plain';
    if (value instanceof Promise) return value.constructor === Promise ? 'promise' : 'subclass';
    for (var o = value; o !== null; o = Object.getPrototypeOf(o)) {
      var then = Object.getOwnPropertyDescriptor(o, 'then');
      if (then) return then.get || typeof then.value === 'function' ? 'thenable' : 'plain';
    }
    return 'plain';
  }

  global.mark = mark;
  // Those who are used to it may log; on a host with standard output that
  // would break the worker's protocol.
  global.log = mark;
  global.print = mark;
  Object.defineProperty(global, 'console', {
    value: { log: mark, info: mark, warn: mark, error: mark, debug: mark }, writable: true, configurable: true,
  });

  // Rejections that nobody handles, where the host tells of them.
  function unhandled(reason) { record({ kind: 'unhandled', name: describe(reason) }); }
  if (typeof process === 'object' && typeof process.on === 'function') process.on('unhandledRejection', unhandled);
  else if (typeof setUnhandledRejectionCallback === 'function') {
    setUnhandledRejectionCallback(function (promise, reason) { unhandled(reason); });
  }
})(this);
