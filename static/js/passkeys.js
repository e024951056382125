// Ties allauth's passkey scripts to the buttons that say so: data-passkey (login, add or
// authenticate) and the ids of the field for the credential, of the options and of a checkbox.
const show = (name) => document.querySelectorAll(name).forEach((note) => { note.hidden = false; });
const buttons = document.querySelectorAll("button[data-passkey]");
const isNamed = !/^[\d.]+$|:/.test(location.hostname); // browsers keep no passkeys for an IP address

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  show("[data-passkey-status]");
});

if (window.PublicKeyCredential && isNamed) {
  for (const button of buttons) {
    const { passkey, credential, options, passwordless } = button.dataset;
    const ids = { [passkey]: button.id, credential };
    if (options) ids.data = options;
    if (passwordless) ids.passwordless = passwordless;
    window.allauth.webauthn.forms[`${passkey}Form`]({ ids });
    button.addEventListener("click", () => {
      document.querySelectorAll("[data-passkey-status]").forEach((note) => { note.hidden = true; });
    });
  }
} else {
  buttons.forEach((button) => { button.hidden = true; });
  show("[data-passkey-missing]");
}
