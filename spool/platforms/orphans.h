/* SPDX-License-Identifier: ISC */
/*
 * orphans.h - what PowerDirector made on a platform and no VM owns.
 *
 * The mark is a job's tag, pdXXXXXXXX (admission_tag()).  A thing with it is
 *	owned	by a VM's row that is not broken, or by one with a job under way: never shown, never touched
 *	ours	the tag is that of a create-vm on this platform that has ended, and its VM has no row, or a row that a stuck
 *		create-vm or delete-vm left broken: orphans --clean removes it
 *	unknown	no create-vm known here has the tag (a lost database), or a partition has another name than the job gave
 *		it, or a VIOS's adapter serves a partition that is not there and that none of ours was: shown, never touched
 * A stuck start-vm leaves a whole VM: what it names is shown with the job, and undo-job or resume-job ends it.
 */
#ifndef PD_SPOOL_PLATFORMS_ORPHANS_H
#define PD_SPOOL_PLATFORMS_ORPHANS_H

#include <jansson.h>

#include "spool/err.h"
#include "spool/store/store.h"

/*
 * found is what the sequence orphans shows: partitions[{id,name,profile,state}], pools[{name,kind,volumes[],files[]}], media[], sources[];
 * of an HMC systems[{name,ident,partitions[],clients[{id}],adapters[{vios,slot,lpar}],facts{vioses[{id,name,profile,entries[],stores[],
 * media[],sources[]}]}}], where stores are pools.
 * *decision is {partitions,volumes,files,media,systems,jobs,claims}, of an HMC with systems[{name,ident,facts,partitions[],vioses[{id,name,
 * profile,adapters[],entries[],volumes[],files[],media[]}]}]: things with "tag", "origin" ("ours", "unknown"), "job", "vm", "why" and, when job
 * has --clean, "clean" for those that are to go.  "away", of a system or a VIOS, is why it cannot be asked now (it is found so): nothing on it goes, nor do
 * partitions and rows of VMs of such a system.  claims[{vm,tag,job,held}] are the rows that a clean run releases at its end, unless they are held;
 * they become "deleting" here, so that nothing else is begun on them.  Inside a transaction.
 */
int orphans_decide(struct store *st, const json_t *job, const json_t *found, json_t **decision, struct pd_err *e);

/* What stuck jobs of the platform say that they left: [{kind,name,job,vm,why,as,command}]; it needs no console. */
int orphans_of_jobs(struct store *st, const char *platform, json_t **list, struct pd_err *e);

#endif
