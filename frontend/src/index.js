/** What TensorBoard's host calls once it has imported this module. */
export function render() {
  document.body.textContent = "Loss Health";
}
