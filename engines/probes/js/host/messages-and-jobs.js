// Between two messages of a MessageChannel the job queue runs dry.
// Section: https://html.spec.whatwg.org/multipage/web-messaging.html#message-ports
// Has: hostMessage

hostMessage(() => { log('message 1'); Promise.resolve().then(() => log('job')); });
hostMessage(() => log('message 2'));

// Output:
// message 1
// job
// message 2
