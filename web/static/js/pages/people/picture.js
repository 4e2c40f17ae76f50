// Cropping a picture before it is sent: drag it, or use the sliders. The square that is seen replaces the chosen file,
// and the form goes its usual way; the server re-encodes it all the same.

const SIDE = 1024; // pixels of what is sent
const TYPE = "image/webp"; // a browser that cannot write it falls back to PNG by itself

const form = document.querySelector("[data-crop]");
const part = (name) => form.querySelector(`[data-crop-${name}]`);
const [area, canvas, zoom, across, down] = ["area", "canvas", "zoom", "x", "y"].map(part);
const file = form.querySelector("[type=file]");
let picture = null;
let ready = false; // the chosen file is the cropped one

/** The square of the picture that is kept: its corner and side in the picture's own pixels. */
const square = () => {
  const side = Math.min(picture.width, picture.height) / Number(zoom.value);
  const place = (slider, length) => ((length - side) * Number(slider.value)) / 100;
  return [place(across, picture.width), place(down, picture.height), side];
};

const paint = (target) => {
  const [x, y, side] = square();
  const context = target.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.clearRect(0, 0, target.width, target.height);
  context.drawImage(picture, x, y, side, side, 0, 0, target.width, target.height);
};

/** Move the picture by so many pixels of the canvas. */
const drag = (dx, dy) => {
  const [, , side] = square();
  const scale = side / canvas.clientWidth;
  const shift = (slider, length, by) => {
    if (length > side) slider.value = String(Number(slider.value) - (by * scale * 100) / (length - side));
  };
  shift(across, picture.width, dx);
  shift(down, picture.height, dy);
  paint(canvas);
};

const choose = async () => {
  ready = false;
  picture?.close();
  picture = null;
  area.hidden = true;
  if (!file.files.length) return;
  try {
    picture = await createImageBitmap(file.files[0], { imageOrientation: "from-image" });
  } catch {
    return; // no picture: the server says what it takes
  }
  [zoom.value, across.value, down.value] = ["1", "50", "50"];
  area.hidden = false;
  paint(canvas);
};

const cropped = () => {
  const target = document.createElement("canvas");
  const [, , side] = square();
  target.width = target.height = Math.max(1, Math.min(SIDE, Math.round(side)));
  paint(target);
  return new Promise((tell) => target.toBlob(tell, TYPE, 0.9));
};

file.addEventListener("change", choose);
for (const slider of [zoom, across, down]) slider.addEventListener("input", () => picture && paint(canvas));

canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
canvas.addEventListener("pointermove", (event) => {
  if (picture && canvas.hasPointerCapture(event.pointerId)) drag(event.movementX, event.movementY);
});
canvas.addEventListener("wheel", (event) => {
  if (!picture) return;
  event.preventDefault();
  zoom.value = String(Number(zoom.value) - Math.sign(event.deltaY) * 0.1);
  paint(canvas);
}, { passive: false });

form.addEventListener("submit", async (event) => {
  if (!picture || ready) return;
  event.preventDefault();
  event.stopPropagation(); // it is not under way yet
  const { submitter } = event;
  const blob = await cropped();
  if (blob) {
    const chosen = new DataTransfer();
    chosen.items.add(new File([blob], "picture", { type: blob.type }));
    file.files = chosen.files;
  }
  ready = true;
  form.requestSubmit(submitter);
});
