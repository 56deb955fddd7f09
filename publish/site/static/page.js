// What scripts add to pages that work without them: a button that copies an address, and short addresses of searches.

"use strict";

const chinese = document.documentElement.lang !== "en";

function offerCopy(address) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = chinese ? "复制" : "Copy";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(address.textContent);
    button.textContent = chinese ? "已复制" : "Copied";
    setTimeout(() => { button.textContent = chinese ? "复制" : "Copy"; }, 2000);
  });
  address.after(button);
}

if (navigator.clipboard) { document.querySelectorAll(".offer .address").forEach(offerCopy); }

// An empty field asks nothing, so it need not stand in the address: of a form sent by the browser, or by htmx.
document.addEventListener("formdata", (event) => {
  for (const [name, value] of [...event.formData]) {
    if (value === "") { event.formData.delete(name); }
  }
});
