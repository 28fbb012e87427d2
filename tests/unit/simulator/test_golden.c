/* SPDX-License-Identifier: ISC */
/* The consoles answer as their reference says: tables of command lines, one per console.  See golden.h. */
#include <criterion/criterion.h>

#include "tests/unit/simulator/golden.h"

#define DIR "tests/unit/simulator/golden/"

/* A row that got lost is a fact that nobody looks at any more. */
Test(golden, partition_commands_of_an_ivm)
{
	cr_expect_geq(golden_run(DIR "ivm.golden"), 125);
}

Test(golden, commands_of_a_vios)
{
	cr_expect_geq(golden_run(DIR "vios.golden"), 100);
}

Test(golden, commands_of_an_hmc)
{
	cr_expect_geq(golden_run(DIR "hmc.golden"), 140);
}

Test(golden, what_clients_of_an_hmc_send)
{
	cr_expect_geq(golden_run(DIR "clients.golden"), 160);
}

Test(golden, further_forms_of_an_hmc_s_commands)
{
	cr_expect_geq(golden_run(DIR "hmc_forms.golden"), 70);
}
