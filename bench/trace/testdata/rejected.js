async function main() {
  try {
    await Promise.reject(new Error('boom'));
  } catch (error) {
    await null;
  }
  await new Promise(() => {});
}

main();
