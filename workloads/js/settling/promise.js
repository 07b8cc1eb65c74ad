const link = {
  try(value) { return Promise.try(() => next(value)); },

  'try-throws'(value) { return Promise.try(() => { throw fault(next(value)); }).catch(valueOf); },

  'try-promise'(value) { return Promise.try(() => Promise.resolve(next(value))); },

  finally(value) { return Promise.resolve(next(value)).finally(cleanUp); },

  'finally-rejected'(value) { return Promise.reject(fault(next(value))).finally(cleanUp).catch(valueOf); },

  thenable(value) { return Promise.resolve({ then(resolve) { resolve(next(value)); } }); },

  promise(value) { return new Promise((resolve) => resolve(Promise.resolve(next(value)))); },
}[params.kind];

function operation(i) { return link(i).then(link).then(link); }
