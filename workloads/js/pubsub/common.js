// Publish and subscribe: a broker hands each message to all who have subscribed
// to its topic, and waits for their answers before the next one.
//
// params.messages: how many, on two topics in turn.
// params.leave: before this one a subscriber leaves.

function mix(value, n) { return (value * 31 + n) | 0; }

class Broker {
  constructor() { this.topics = new Map(); }

  handlers(topic) { return this.topics.get(topic) || []; }

  // subscribe returns a function that ends the subscription.
  subscribe(topic, handler) {
    this.topics.set(topic, this.handlers(topic).concat(handler));
    return () => this.topics.set(topic, this.handlers(topic).filter((other) => other !== handler));
  }
}

// subscriber returns a handler whose answer is an asynchronous step.
function subscriber(n) { return (message, done) => settle(null, mix(message, n), done); }

function begin(operation) {
  const broker = new Broker();
  broker.subscribe('odd', subscriber(1));
  const leave = broker.subscribe('even', subscriber(2));
  broker.subscribe('even', subscriber(3));
  return { broker: broker, leave: leave, operation: operation, sum: operation };
}

// handlersOf returns who gets message number n.
function handlersOf(tx, n) {
  if (n === params.leave) tx.leave();
  return tx.broker.handlers(n % 2 === 1 ? 'odd' : 'even');
}

function messageOf(tx, n) { return mix(tx.operation, n); }

// Each answer is weighed by its place.
function collect(tx, answers) {
  for (let k = 0; k < answers.length; k++) tx.sum = mix(tx.sum, answers[k]);
}
