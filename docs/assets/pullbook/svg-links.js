// Runs before the theme's script. The theme writes `link.href = link.href` to every link of a page;
// a link inside a drawing (SVG) has no such setter, and the error would end instant navigation.
{
  const { get } = Object.getOwnPropertyDescriptor(SVGAElement.prototype, "href");
  Object.defineProperty(SVGAElement.prototype, "href", { get, set() {}, configurable: true, enumerable: true });
}
