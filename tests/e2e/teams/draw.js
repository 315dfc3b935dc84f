// Draws one card with Microsoft's own renderer and says what a reader would stumble over.
// A row of buttons wraps here, as it does in Teams' clients.
window.drawCard = function (content, theme, width) {
  const dark = theme === "dark";
  const [ink, ground, box] = dark ? ["#ffffff", "#1f1f1f", "#333333"] : ["#242424", "#ffffff", "#f0f0f0"];
  const colours = {
    default: { default: ink, subtle: dark ? "#bdbdbd" : "#616161" },
    accent: { default: ink, subtle: ink },
  };
  const style = (backgroundColor) => ({ backgroundColor, foregroundColors: colours });
  const host = new AdaptiveCards.HostConfig({
    fontFamily: "'Noto Sans CJK JP', sans-serif",
    fontSizes: { small: 12, default: 14, medium: 16, large: 18, extraLarge: 24 },
    spacing: { small: 8, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 12 },
    supportsInteractivity: true,
    containerStyles: {
      default: style(ground),
      emphasis: style(box),
      accent: style(dark ? "#2b3a55" : "#dbe6fb"),
    },
    actions: { maxActions: 6, buttonSpacing: 8, actionsOrientation: "horizontal", actionAlignment: "left" },
  });
  const { msteams, ...plain } = content;
  const card = new AdaptiveCards.AdaptiveCard();
  card.hostConfig = host;
  const context = new AdaptiveCards.SerializationContext();
  card.parse(plain, context);
  const problems = [];
  const note = (message) => {
    // The renderer reads "ja" and then calls it wrong when it reads it a second time.
    if (!message.endsWith('for property "lang".')) problems.push(message);
  };
  for (let i = 0; i < context.eventCount; i++) note(context.getEventAt(i).message);
  for (const one of card.validateProperties().validationEvents) note(one.message);
  document.body.style.background = ground;
  const root = document.getElementById("root");
  root.style.width = width + "px";
  root.replaceChildren(card.render());
  for (const folded of root.querySelectorAll("[style*='display: none']")) folded.style.display = "";
  for (const row of root.querySelectorAll(".ac-actionSet")) row.style.flexWrap = "wrap";
  const edge = root.getBoundingClientRect().right + 0.5;
  for (const part of root.querySelectorAll("*")) {
    const shown = part.getBoundingClientRect();
    if (shown.width && shown.right > edge) problems.push("wider than the card: " + part.className + " " + part.innerText);
  }
  const acts = root.querySelectorAll("a:not([href^='tel:']), img, script, b, strong, em, code, ul, ol, h1");
  for (const part of acts) problems.push("markup acts: " + part.outerHTML.slice(0, 80));
  return { problems, text: root.innerText, buttons: root.querySelectorAll("[role=button], button").length };
};
