// An act, and the reason that it needs.

import { html, useRef } from "../dom.js";
import { t } from "../i18n.js";
import { Champ, Refus, useCommande } from "../vue/morceaux.js";

/** A button that asks for a reason, and then acts with it. */
export function Acte({ nom, question, faire }) {
  const dialog = useRef(null);
  const [agir, enCours, erreur] = useCommande(async (form) => {
    await faire(new FormData(form).get("raison"));
    dialog.current.close();
    form.reset();
  }, t("console.fait"));
  return html`
    <button class="discret" onClick=${() => dialog.current.showModal()}>${nom}</button>
    <dialog ref=${dialog} aria-label=${nom}>
      <form onSubmit=${(event) => (event.preventDefault(), agir(event.target))}>
        <p>${question}</p>
        <${Champ} nom=${t("console.raison")} name="raison" required maxlength="200" autocomplete="off" />
        <${Refus} erreur=${erreur} />
        <div class="choix-final"><button type="button" class="discret" onClick=${() => dialog.current.close()}>${t("console.renoncer")}</button>
          <button class="bouton plein" disabled=${enCours}>${nom}</button></div>
      </form>
    </dialog>`;
}
