// AggregateError takes errors from any iterable, a message and a cause, with or without new.
// Section: sec-aggregate-error
// Has: AggregateError

const e = new AggregateError(new Set([1, 2]), 'text', { cause: 'cause' });
log(e.errors.join() + ' ' + e.message + ' ' + e.cause);
log(AggregateError([]) instanceof AggregateError);
log(AggregateError.length + ' ' + (Object.getPrototypeOf(AggregateError) === Error));
log('message' in new AggregateError([]) && !Object.prototype.hasOwnProperty.call(new AggregateError([]), 'message'));

// Output:
// 1,2 text cause
// true
// 2 true
// true
