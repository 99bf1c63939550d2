/* see cmd.h */
#include "ceremony/adopt.h"
#include "ceremony/certify.h"
#include "ceremony/checkup.h"
#include "ceremony/destroy.h"
#include "ceremony/mint.h"
#include "ceremony/replace.h"
#include "ceremony/reshare.h"
#include "cmd/cmd.h"
#include "delegation/delegate.h"
#include "revocation/account.h"
#include "revocation/bundle_row.h"
#include "revocation/kill.h"
#include "revocation/list.h"
#include "revocation/revoke.h"
#include "revocation/rotate.h"
#include "transfer/send.h"

/* The one array that names the rows of all rooms. */
const struct step_kind *const cmd_steps[] = {
	&mint_step,
	&adopt_step,
	&certify_step,
	&reshare_step,
	&replace_step,
	&destroy_step,
	&crl_step,
	&delegate_step,
	&revoke_step,
	&account_step,
	&kill_step,
	&bundle_step,
	&rotate_step,
	&send_step,
	&checkup_step,
	NULL,
};
