// Our own onion, for servers without a framework: a layer awaits the next one
// and goes on behind it, as in koa.

const stack = layers.map((layer) => async (state, next) => {
  layer.enter(state);
  await next();
  layer.leave(state);
});

function dispatch(state, n) {
  return n === stack.length ? handle(state) : stack[n](state, () => dispatch(state, n + 1));
}
