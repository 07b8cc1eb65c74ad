// For style events: an emitter of named events, as in Node.js. Listeners run at
// once, in the order in which they came.
class Emitter {
  constructor() { this.listeners = new Map(); }

  on(name, listener) {
    const list = this.listeners.get(name);
    // A new list each time, so that one that is being emitted stays as it was.
    this.listeners.set(name, list === undefined ? [listener] : list.concat(listener));
    return this;
  }

  off(name, listener) {
    this.listeners.set(name, this.listeners.get(name).filter((other) => other !== listener));
    return this;
  }

  once(name, listener) {
    const once = (value) => {
      this.off(name, once);
      listener(value);
    };
    return this.on(name, once);
  }

  emit(name, value) {
    const list = this.listeners.get(name);
    if (list === undefined) return;
    for (let k = 0; k < list.length; k++) list[k](value);
  }
}
