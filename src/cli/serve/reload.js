// Reloads the page when the site was built anew and says when a build failed. Only the server adds it to a page.
(() => {
  const built = Number(new URL(document.currentScript.src).searchParams.get("built"));
  const bar = document.createElement("div");
  bar.setAttribute("role", "status");
  Object.assign(bar.style, {
    position: "fixed", insetInline: "0", bottom: "0", zIndex: "99", padding: "0.75rem 1rem",
    background: "#7a1c00", color: "#fff", font: "1rem/1.4 sans-serif", whiteSpace: "pre-wrap", display: "none",
  });
  document.body.append(bar);
  const ask = async () => {
    try {
      const state = await (await fetch("/__foursight/state", { cache: "no-store" })).json();
      if (state.built !== built) return location.reload();
      bar.textContent = state.problem ?? "";
      bar.style.display = state.problem ? "block" : "none";
    } catch { /* the server has ended: the page stays as it is */ }
    setTimeout(ask, 1000);
  };
  ask();
})();
